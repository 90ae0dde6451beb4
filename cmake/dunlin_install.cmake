# SPDX-License-Identifier: Apache-2.0
# Install and export: find_package(dunlin) gives dunlin::coordination … dunlin::actors.
include(CMakePackageConfigHelpers)
set(dunlin_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dunlin)

get_property(installed_targets GLOBAL PROPERTY DUNLIN_INSTALLED_TARGETS)
install(TARGETS ${installed_targets} EXPORT dunlin_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dunlin)
install(EXPORT dunlin_targets NAMESPACE dunlin:: DESTINATION ${dunlin_config_dir})

configure_package_config_file(cmake/dunlinConfig.cmake.in ${PROJECT_BINARY_DIR}/dunlinConfig.cmake
  INSTALL_DESTINATION ${dunlin_config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dunlinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/dunlinConfig.cmake ${PROJECT_BINARY_DIR}/dunlinConfigVersion.cmake cmake/FindCAF.cmake
  DESTINATION ${dunlin_config_dir})

dunlin_group_targets()
